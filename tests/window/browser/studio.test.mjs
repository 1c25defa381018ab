import { after, test } from "node:test";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { BASE, DESK, PHONE, noSeriousIssue, noSideways, open, photoOf, shut, trySample, withModel } from "./window.mjs";

after(shut);

const modelOf = (name) => fileURLToPath(new URL(`../../../samples/models/${name}.glb`, import.meta.url));

async function bring(page, name, file, previews) {
  await page.goto(`${BASE}/library`);
  await page.getByRole("button", { name: "Bring your own set" }).click();
  await page.getByTestId("background").setInputFiles(file);
  if (previews) await page.getByTestId("previews").setInputFiles(previews);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("What it shows").fill("A calm white marble corner with soft window light and green leaves");
  await page.locator(".bring-form select").nth(1).selectOption({ index: 3 });
  await noSeriousIssue(page, "the form");
  await page.getByRole("button", { name: "Put it in the library" }).click();
}

test("a 3D set is brought in, tagged before one's eyes, and can be walked around in", async () => {
  const { page, complaints, close } = await open();
  await bring(page, "Marble corner", modelOf("mug"), photoOf("mug"));
  await page.waitForURL(/\/jobs\/job_/);
  await page.getByRole("heading", { name: "Marble corner" }).waitFor();
  await page.getByText("On the shelf, version 1").waitFor();
  assert.ok((await page.locator(".ingest .chip").count()) >= 3);
  assert.ok((await page.locator(".ingest .swatch-bar span").count()) >= 1);
  await page.reload();
  await page.getByRole("heading", { name: "Marble corner" }).waitFor();
  await page.getByRole("link", { name: "More about this set" }).click();
  await page.getByRole("button", { name: "Turn it in 3D" }).click();
  await drawn(page);
  const before = await looks(page);
  await page.locator("canvas").focus();
  for (let steps = 0; steps < 6; steps += 1) await page.keyboard.press("ArrowRight");
  await page.waitForFunction((times) => Number(document.querySelector("canvas").dataset.drawn) > times, 1);
  assert.notEqual(await looks(page), before);
  await noSeriousIssue(page, "a set in 3D");
  await page.keyboard.press("Escape");
  await page.locator("canvas").waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
  await close();
});

test("a backdrop photo is enough, and a file that is none is explained", async () => {
  const { page, close } = await open(PHONE);
  const broken = { name: "set.glb", mimeType: "model/gltf-binary", buffer: Buffer.from("glTF no") };
  await bring(page, "Broken", broken, null);
  assert.match(await page.getByRole("alert").innerText(), /cannot be used/);
  await noSideways(page, "the form");
  await page.getByTestId("background").setInputFiles(photoOf("book"));
  await page.getByRole("button", { name: "Put it in the library" }).click();
  await page.getByText("On the shelf, version 1").waitFor();
  await noSideways(page, "a set that was brought in");
  await close();
});

test("the product is moved, sized and shot in a set, from where one stands", async () => {
  const { page, complaints, close } = await open({ ...DESK, viewport: { width: 960, height: 640 } });
  await trySample(page, "tumbler");
  const id = await withModel(page);
  await page.locator(".set.first").getByRole("button", { name: /^Turn it in 3D/ }).click();
  await drawn(page);
  await page.getByText("You said 19.6 cm").waitFor();
  const height = page.getByRole("slider", { name: "Height" });
  assert.ok(Math.abs(Number(await height.getAttribute("max")) - 0.196 * 1.15) < 1e-6);
  await height.fill(await height.getAttribute("max"));
  await page.getByRole("slider", { name: "Sideways" }).fill("0.01");
  await page.locator("canvas").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("+");
  await noSeriousIssue(page, "a product in 3D");
  const asked = page.waitForRequest((one) => one.url().endsWith("/rematch"));
  await page.getByRole("button", { name: "Quick draft" }).click();
  const { shot, render } = (await asked).postDataJSON();
  assert.equal(render, "draft");
  assert.deepEqual(shot.backgrounds, [id]);
  assert.ok(Math.abs(shot.height_cm - 22.54) < 0.02, `${shot.height_cm}`);
  assert.ok(Math.abs(shot.place_m[0] - 0.01) < 0.005, `${shot.place_m}`);
  await page.getByRole("link", { name: "Download" }).waitFor();
  const recipe = await (await page.request.get(await page.getByRole("link", { name: "What it was shot from" }).getAttribute("href"))).json();
  const taken = recipe.shot.plan.cameras[0].position;
  // A card is never seen from more than ten degrees above, so it may have come down a little.
  assert.ok(taken.every((value, axis) => Math.abs(value - shot.viewpoint.position[axis]) < 0.02), `${taken}`);
  assert.deepEqual(complaints, []);
  await close();
});

test("on a phone a set is turned with a finger, and nothing is wider than the screen", async () => {
  const { page, close } = await open(PHONE);
  await trySample(page, "mug");
  await withModel(page);
  await page.locator(".set.first").getByRole("button", { name: /^Turn it in 3D/ }).click();
  await drawn(page);
  await noSideways(page, "a set in 3D");
  const canvas = await page.locator("canvas").boundingBox();
  assert.ok(canvas.height > 300 && canvas.width >= 389);
  await page.getByRole("button", { name: "Close" }).click();
  await page.locator("canvas").waitFor({ state: "detached" });
  await close();
});

async function drawn(page) {
  // Without a graphics card the first picture takes a while.
  await page.locator("canvas[data-drawn]").waitFor({ timeout: 180_000 });
  await page.waitForTimeout(300);
}

/** A few pixels of the canvas as one string, as they are on the screen. */
async function looks(page) {
  const box = await page.locator("canvas").boundingBox();
  return (await page.screenshot({ clip: { ...box, width: 300, height: 300 } })).toString("base64");
}

/** A job of this page, at the moment that matters: as the API shows it while it is being shot. */
async function whileShooting(page, jobId, renders) {
  await page.route(`**/v1/jobs/${jobId}/events`, (route) => route.abort());
  await page.route(new RegExp(`/v1/jobs/${jobId}(\\?.*)?$`), async (route) => {
    const body = await (await route.fetch()).json();
    const made = body.result.renders?.[0];
    const now = renders(made);
    if (now.final) return route.fulfill({ json: body });
    const report = { ...body.stages.render, state: "claimed", progress: 0.5 };
    await new Promise((done) => setTimeout(done, 200));
    return route.fulfill({ json: {
      ...body, status: "processing", stage: "render", finished_at: null,
      stages: { ...body.stages, render: report }, result: { ...body.result, renders: now.shown },
    } });
  });
}

test("a draft is there first, and sharpens in its place", async () => {
  const { page, complaints, close } = await open();
  await trySample(page, "tumbler");
  await page.locator(".set-picture").first().click();
  await page.getByRole("button", { name: "Shoot" }).first().click();
  await page.getByRole("link", { name: "Download" }).waitFor();
  const jobId = /job_[0-9a-f]{32}/.exec(page.url())[0];
  let ready = false;
  await whileShooting(page, jobId, (made) => ({ final: ready, shown: [{ ...made, quality: "draft" }] }));
  await page.reload();
  await page.getByText("This is the draft").waitFor();
  assert.equal(await page.locator(".picture").count(), 1);
  await page.locator(".before-after").evaluate((one) => (one.dataset.same = "yes"));
  ready = true;
  await page.getByText("This is the draft").waitFor({ state: "detached" });
  assert.equal(await page.locator(".before-after").getAttribute("data-same"), "yes");
  assert.match(await page.locator(".picture-words").innerText(), /final/);
  assert.deepEqual(complaints.filter((one) => !/events/.test(one) && !/ERR_FAILED/.test(one)), []);
  await close();
});

test("a shared link works until it expires, and not after", async () => {
  const { page, close } = await open({ ...DESK });
  await trySample(page, "mug");
  await page.locator(".set-picture").first().click();
  await page.getByRole("button", { name: "Quick draft" }).click();
  await page.getByRole("button", { name: "Copy link" }).click();
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  assert.equal((await page.request.get(link.href)).status(), 200);
  assert.ok(Number(link.searchParams.get("expires")) * 1000 > Date.now());
  assert.match(await page.getByText("The link works until").innerText(), /\d/);
  link.searchParams.set("expires", String(Math.floor(Date.now() / 1000) - 1));
  assert.equal((await page.request.get(link.href)).status(), 404);
  await close();
});
