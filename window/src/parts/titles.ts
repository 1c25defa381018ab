import { useEffect } from "preact/hooks";

/** The window's title follows the page. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Backlot` : "Backlot";
  }, [title]);
}
