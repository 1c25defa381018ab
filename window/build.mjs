// Builds the window into services/api/window/static: hashed names, and one page that names them.
import { context, build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join, relative } from "node:path";

const HERE = import.meta.dirname;
const OUT = join(HERE, "..", "services", "api", "window", "static");
const FONT = "@fontsource-variable/instrument-sans/files/instrument-sans-latin-wght-normal.woff2";

const options = {
  absWorkingDir: HERE,
  entryPoints: { window: "src/main.tsx", early: "src/early.ts", style: "src/styles/index.css" },
  outdir: OUT,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  publicPath: "/window",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022", "chrome110", "firefox115", "safari16.4"],
  minify: true,
  legalComments: "none",
  metafile: true,
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".woff2": "file", ".webp": "file", ".svg": "file" },
  alias: { "font.woff2": join(HERE, "node_modules", FONT) },
  logLevel: "warning",
};

function page(metafile) {
  const names = {};
  for (const [path, output] of Object.entries(metafile.outputs)) {
    if (output.entryPoint) names[output.entryPoint] = basename(path);
  }
  const font = Object.keys(metafile.outputs).find((path) => extname(path) === ".woff2");
  const icon = `icon-${hash(join(HERE, "pictures", "icon.svg"))}.svg`;
  copyFileSync(join(HERE, "pictures", "icon.svg"), join(OUT, icon));
  const html = readFileSync(join(HERE, "src", "index.html"), "utf8")
    .replace("{{early}}", names["src/early.ts"])
    .replace("{{window}}", names["src/main.tsx"])
    .replace("{{style}}", names["src/styles/index.css"])
    .replace("{{font}}", basename(font))
    .replace("{{icon}}", icon);
  writeFileSync(join(OUT, "index.html"), html);
}

function hash(path) {
  return createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 8).toUpperCase();
}

// A test compares this with the sources, so that nobody forgets to build.
function stamp() {
  const sum = createHash("sha256");
  const folders = ["src", "pictures"].flatMap((folder) =>
    readdirSync(join(HERE, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const files = [...folders, join(HERE, "build.mjs"), join(HERE, "package-lock.json")];
  const named = files.map((path) => [relative(HERE, path).replaceAll("\\", "/"), path]);
  for (const [name, path] of named.sort(([a], [b]) => (a < b ? -1 : 1))) {
    sum.update(name).update("\0").update(readFileSync(path)).update("\0");
  }
  writeFileSync(join(OUT, "sources.txt"), `${sum.digest("hex")}\n`);
}

function clear() {
  mkdirSync(OUT, { recursive: true });
  for (const name of readdirSync(OUT)) rmSync(join(OUT, name), { recursive: true });
}

function report(metafile) {
  for (const [path, output] of Object.entries(metafile.outputs)) {
    console.log(`${(output.bytes / 1024).toFixed(1).padStart(8)} KB  ${basename(path)}`);
  }
}

clear();
if (process.argv.includes("--watch")) {
  const named = { name: "page", setup: (b) => b.onEnd((r) => r.metafile && page(r.metafile)) };
  await (await context({ ...options, plugins: [named] })).watch();
} else {
  const { metafile } = await build(options);
  page(metafile);
  stamp();
  report(metafile);
}
