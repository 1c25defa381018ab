import { signal } from "@preact/signals";

/** The address shown; pages are chosen by it. */
export const path = signal(location.pathname);

export function go(to: string, how: "push" | "replace" = "push"): void {
  if (how === "push") history.pushState(null, "", to);
  else history.replaceState(null, "", to);
  const before = path.value;
  path.value = location.pathname;
  if (how === "push" && before !== path.value) scrollTo(0, 0);
}

addEventListener("popstate", () => {
  path.value = location.pathname;
});
