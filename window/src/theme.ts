import { signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";

const stored = (): Theme => {
  const found = localStorage.getItem("backlot.theme");
  return found === "light" || found === "dark" ? found : "auto";
};

export const theme = signal<Theme>(stored());

/** Light, dark, or what the system says. */
export function dress(wanted: Theme): void {
  theme.value = wanted;
  if (wanted === "auto") {
    localStorage.removeItem("backlot.theme");
    delete document.documentElement.dataset["theme"];
  } else {
    localStorage.setItem("backlot.theme", wanted);
    document.documentElement.dataset["theme"] = wanted;
  }
}
