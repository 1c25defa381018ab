import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { words } from "../words";
import { Close } from "./icons";

/** A sheet over the page; Escape, its cross and a click beside it close it. */
export function Sheet({ label, close, children, kind }: {
  label: string; close: () => void; children: ComponentChildren; kind?: "walk" | "bring";
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  // Closed before it is taken away, so that focus goes back to where it was.
  const leave = (): void => {
    dialog.current?.close();
    close();
  };
  return (
    <dialog ref={dialog} class={kind ? `sheet ${kind}` : "sheet"} aria-label={label} onCancel={(event) => {
      event.preventDefault();
      event.stopPropagation();
      leave();
    }} onClick={(event) => event.target === dialog.current && leave()}>
      <div class="sheet-inside">
        <button class="quiet round sheet-close" aria-label={words.value.close} onClick={leave}><Close /></button>
        {children}
      </div>
    </dialog>
  );
}
