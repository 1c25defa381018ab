import { useEffect, useState } from "preact/hooks";
import type { BackgroundCard, Sample } from "../api/bodies";
import { getLibrary, getSamples } from "../api/client";
import { sendSample } from "../order";
import { Drop } from "../parts/drop";
import { Arrow } from "../parts/icons";
import { Link } from "../parts/link";
import { Playing } from "../parts/playing";
import { useTitle } from "../parts/titles";
import { local, words } from "../words";

export function HomePage() {
  const w = words.value;
  useTitle("");
  const [samples, setSamples] = useState<Sample[]>([]);
  const [library, setLibrary] = useState<BackgroundCard[]>([]);
  useEffect(() => {
    getSamples().then(setSamples, () => undefined);
    getLibrary().then(setLibrary, () => undefined);
  }, []);
  return (
    <main id="main" class="home">
      <section class="hero">
        <div class="hero-words">
          <h1>{w.headline}</h1>
          <p class="lead">{w.lead}</p>
          <Drop />
        </div>
        <Playing library={library} />
      </section>
      {samples.length > 0 && (
        <section class="samples" aria-labelledby="samples-title">
          <h2 id="samples-title">{w.samplesTitle}</h2>
          <ul>
            {samples.map((sample) => (
              <li key={sample.file}>
                <button onClick={() => void sendSample(sample)} aria-label={w.trySample(local(sample.title))}>
                  <img src={`/window/samples/${sample.file}`} alt="" loading="lazy" decoding="async" />
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section class="how" aria-label={w.howLabel}>
        {w.how.map(([title, text], index) => (
          <div key={title}>
            <span class="how-number" aria-hidden="true">{index + 1}</span>
            <h2>{title}</h2>
            <p>{text}</p>
          </div>
        ))}
      </section>
      {library.length > 0 && (
        <section class="wall" aria-labelledby="wall-title">
          <div class="wall-head">
            <h2 id="wall-title">{w.wallTitle(library.length)}</h2>
            <Link to="/library" class="quiet">{w.wallAll} <Arrow /></Link>
          </div>
          <ul>
            {library.filter((_, index) => index % 3 === 1).slice(0, 8).map((set) => (
              <li key={set.id}>
                <Link to={`/library/${set.id}`}>
                  <img src={set.previews[0]} alt="" width="640" height="480" loading="lazy" decoding="async" />
                  <span>{local(set.name)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
    </main>
  );
}
