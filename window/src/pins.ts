import { useEffect, useState } from "preact/hooks";
import { recall, remember } from "./kept";

/** Sets kept in mind for a product, through all its rematches. */
export function usePins(root: string): { pinned: ReadonlySet<string>; toggle: (id: string) => void } {
  const [pinned, setPinned] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => setPinned(new Set(recall<Record<string, string[]>>("pins", {})[root] ?? [])), [root]);
  const toggle = (id: string): void => {
    const next = new Set(pinned);
    if (!next.delete(id)) next.add(id);
    setPinned(next);
    remember("pins", { ...recall<Record<string, string[]>>("pins", {}), [root]: [...next] });
  };
  return { pinned, toggle };
}
