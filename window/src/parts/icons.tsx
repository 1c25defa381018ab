import type { ComponentChildren } from "preact";

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor"
      stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      {children}
    </svg>
  );
}

export const Lock = () => <Icon><rect x="5" y="11" width="14" height="9" rx="2.5" /><path d="M8 11V8a4 4 0 0 1 8 0v3" /></Icon>;
export const Unlock = () => <Icon><rect x="5" y="11" width="14" height="9" rx="2.5" /><path d="M8 11V8a4 4 0 0 1 7.7-1.5" /></Icon>;
export const Pin = () => <Icon><path d="M7 4h10v16l-5-4-5 4z" /></Icon>;
export const Plus = () => <Icon><path d="M12 5v14M5 12h14" /></Icon>;
export const Minus = () => <Icon><path d="M5 12h14" /></Icon>;
export const Close = () => <Icon><path d="m6 6 12 12M18 6 6 18" /></Icon>;
export const Pencil = () => <Icon><path d="m5 19 1-4L16 5l3 3L9 18z" /></Icon>;
export const Camera = () => <Icon><path d="M4 8h3l2-3h6l2 3h3v11H4z" /><circle cx="12" cy="13" r="3.5" /></Icon>;
export const Upload = () => <Icon><path d="M12 16V5m0 0L7.5 9.5M12 5l4.5 4.5M5 19h14" /></Icon>;
export const Arrow = () => <Icon><path d="M5 12h14m0 0-5-5m5 5-5 5" /></Icon>;
export const Down = () => <Icon><path d="M12 5v14m0 0 5-5m-5 5-5-5" /></Icon>;
export const Back = () => <Icon><path d="M19 12H5m0 0 5-5m-5 5 5 5" /></Icon>;
export const Sun = () => <Icon><circle cx="12" cy="12" r="4" /><path d="M12 3v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4" /></Icon>;
export const Moon = () => <Icon><path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z" /></Icon>;
export const Auto = () => <Icon><circle cx="12" cy="12" r="8" /><path d="M12 4v16a8 8 0 0 0 0-16Z" fill="currentColor" /></Icon>;
export const Search = () => <Icon><circle cx="11" cy="11" r="6" /><path d="m20 20-4.5-4.5" /></Icon>;
export const Check = () => <Icon><path d="m5 12.5 4.5 4.5L19 7.5" /></Icon>;
export const Cube = () => <Icon><path d="m12 3 8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9" /></Icon>;
export const Redo = () => <Icon><path d="M19 5v5h-5M19 10a7.5 7.5 0 1 0 .3 5" /></Icon>;
export const Download = () => <Icon><path d="M12 5v11m0 0 4.5-4.5M12 16l-4.5-4.5M5 19h14" /></Icon>;
export const Mark = () => (
  <svg class="mark" viewBox="0 0 24 24" width="22" height="22" fill="none" aria-hidden="true">
    <path d="M4 21V10.5C4 6 7.4 3 12 3s8 3 8 7.5V21" stroke="currentColor" stroke-width="2" stroke-linecap="round" />
    <circle class="mark-sun" cx="12" cy="16.5" r="4" />
  </svg>
);
