import { signal } from "@preact/signals";

/** `auto`: as the reader's screen. */
export type Theme = "auto" | "light" | "dark";

const next: Readonly<Record<Theme, Theme>> = { auto: "light", light: "dark", dark: "auto" };

export const theme = signal<Theme>("auto");

// From a disk some browsers give pages no storage; the theme is then as the screen's every time.
const kept = {
  read: (): string | null => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null;
    }
  },
  write: (value: string): void => {
    try {
      localStorage.setItem("theme", value);
    } catch {}
  },
};

function put(value: Theme): void {
  theme.value = value;
  if (value === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = value;
}

export function restoreTheme(): void {
  const value = kept.read();
  if (value === "light" || value === "dark") put(value);
}

/** As the screen, light, dark, and again. */
export function turnTheme(): void {
  put(next[theme.value]);
  kept.write(theme.value);
}
