import type { ComponentChildren } from "preact";
import { go, path } from "../router";

interface Props {
  to: string;
  class?: string;
  children: ComponentChildren;
  nav?: boolean;
  label?: string;
}

/** A link that stays in the page; opens as any link in a new tab. */
export function Link({ to, class: name, children, nav, label }: Props) {
  const here = nav && (path.value === to || path.value.startsWith(`${to}/`));
  return (
    <a
      href={to}
      class={name}
      aria-label={label}
      aria-current={here ? "page" : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}
