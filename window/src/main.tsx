import { render } from "preact";
import { useEffect, useErrorBoundary } from "preact/hooks";
import { HomePage } from "./pages/home";
import { JobPage } from "./pages/job";
import { JobsPage } from "./pages/jobs";
import { LibraryPage } from "./pages/library";
import { MissingPage } from "./pages/missing";
import { SetPage } from "./pages/set";
import { Frame } from "./parts/frame";
import { path } from "./router";
import { locale, words } from "./words";

function page(address: string) {
  const [, place = "", id = ""] = address.split("/").map(decodeURIComponent);
  if (place === "") return <HomePage />;
  if (place === "jobs") return id ? <JobPage jobId={id} /> : <JobsPage />;
  if (place === "library") return id ? <SetPage key={id} id={id} /> : <LibraryPage />;
  return <MissingPage />;
}

function Window() {
  const w = words.value;
  const [broken, mend] = useErrorBoundary();
  useEffect(() => {
    document.documentElement.lang = locale.value;
  }, [locale.value]);
  useEffect(() => {
    mend();
  }, [path.value]);
  if (broken) {
    return <Frame><main class="gate" id="main"><h1>{w.brokenTitle}</h1><p>{w.brokenText}</p></main></Frame>;
  }
  return <Frame>{page(path.value)}</Frame>;
}

const place = document.getElementById("window");
if (place) render(<Window />, place);
