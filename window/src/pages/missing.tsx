import { Link } from "../parts/link";
import { useTitle } from "../parts/titles";
import { words } from "../words";

export function MissingPage() {
  const w = words.value;
  useTitle(w.missingTitle);
  return (
    <main class="gate" id="main">
      <h1>{w.missingTitle}</h1>
      <p>{w.missingText}</p>
      <Link to="/" class="primary">{w.toStart}</Link>
    </main>
  );
}
