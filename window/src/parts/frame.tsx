import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { keyWanted, openSession } from "../api/client";
import { type Theme, dress, theme } from "../theme";
import { locale, speak, words } from "../words";
import { Auto, Mark, Moon, Sun } from "./icons";
import { Link } from "./link";

const NEXT: Record<Theme, Theme> = { auto: "light", light: "dark", dark: "auto" };

function Header() {
  const w = words.value;
  const other = locale.value === "ko" ? "en" : "ko";
  return (
    <header class="header">
      <Link to="/" class="brand" label={w.homeLabel}>
        <Mark />
        <span>Backlot</span>
      </Link>
      <nav aria-label={w.navLabel}>
        <Link to="/library" nav>{w.library}</Link>
        <Link to="/jobs" nav>{w.jobs}</Link>
      </nav>
      <div class="header-tools">
        <button class="plain" lang={other} onClick={() => speak(other)}>
          {other === "ko" ? "한국어" : "English"}
        </button>
        <button class="plain round" aria-label={w.themeLabel(w.themes[theme.value])}
          title={w.themeLabel(w.themes[theme.value])} onClick={() => dress(NEXT[theme.value])}>
          {theme.value === "auto" ? <Auto /> : theme.value === "dark" ? <Moon /> : <Sun />}
        </button>
      </div>
    </header>
  );
}

function KeyGate() {
  const w = words.value;
  const [key, setKey] = useState("");
  const [wrong, setWrong] = useState(false);
  const open = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await openSession(key);
      location.reload();
    } catch {
      setWrong(true);
    }
  };
  return (
    <main class="gate" id="main">
      <form onSubmit={open}>
        <h1>{w.keyTitle}</h1>
        <p>{w.keyText}</p>
        <label class="field">
          <span>{w.keyLabel}</span>
          <input type="password" autocomplete="current-password" required value={key}
            aria-invalid={wrong} aria-describedby={wrong ? "key-wrong" : undefined}
            onInput={(event) => setKey(event.currentTarget.value)} />
        </label>
        {wrong && <p class="wrong" id="key-wrong" role="alert">{w.keyWrong}</p>}
        <button class="primary">{w.keyOpen}</button>
      </form>
    </main>
  );
}

export function Frame({ children }: { children: ComponentChildren }) {
  const w = words.value;
  return (
    <>
      <a class="skip" href="#main">{w.skip}</a>
      <Header />
      {keyWanted.value ? <KeyGate /> : children}
      <footer class="footer">
        <p>{w.footer}</p>
        <a href="/v1/openapi.json">{w.api}</a>
      </footer>
    </>
  );
}
