// Light or dark: as the system says, until somebody chooses. The choice is kept in the browser, if it may be.
import { computed, effect, signal } from "@preact/signals";

const STORED = "mz-deploy-theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(system.matches);
const chosen = signal<string | null>(stored());

function stored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

export const isDark = computed(() => (chosen.value === null ? systemIsDark.value : chosen.value === "dark"));

export function toggleTheme(): void {
  chosen.value = isDark.value ? "light" : "dark";
  try {
    localStorage.setItem(STORED, chosen.value);
  } catch {
    // Without storage, the choice lasts as long as the page.
  }
}

export function followTheme(): void {
  system.addEventListener("change", () => {
    systemIsDark.value = system.matches;
  });
  effect(() => {
    document.documentElement.dataset["theme"] = isDark.value ? "dark" : "light";
  });
}
