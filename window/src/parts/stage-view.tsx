import { useEffect, useRef, useState } from "preact/hooks";
import { type BackgroundDetail, FORMATS, PRESETS, type Quality, type ShotWishes } from "../api/bodies";
import type { Box } from "../stage/finder";
import type { SizeRange } from "../stage/limits";
import type { Pose, Stage } from "../stage/stage";
import { local, locale, words } from "../words";
import { Camera, Redo } from "./icons";
import { Choose } from "./shoot";
import { Sheet } from "./sheet";
import type { Product } from "./standing";

const ASPECTS: Record<(typeof PRESETS)[number], number> = {
  square: 1, portrait: 4 / 5, wide: 16 / 9, marketplace: 1, thumbnail: 1,
};

interface Props {
  set: BackgroundDetail;
  glb: string;
  product: Product | null;
  /** Orders a picture from here; null where none can be taken. */
  shoot: ((shot: ShotWishes, quality: Quality) => void) | null;
  close: () => void;
}
type Wishes = { preset: (typeof PRESETS)[number]; format: (typeof FORMATS)[number] };

/** A set to walk around in, with the product standing in it, and a viewfinder for the picture. */
export function StageView({ set, glb, product, shoot, close }: Props) {
  const w = words.value;
  const [wishes, setWishes] = useState<Wishes>({ preset: "square", format: "jpeg" });
  const [frame, setFrame] = useState<Box | null>(null);
  const [pose, setPose] = useState<Pose | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const aspect = ASPECTS[wishes.preset];
  const { stage, share, lost } = useStage({ set, glb, product, canvas, setFrame, setPose });
  const range = stage?.sizes(product?.dimensions ?? null) ?? null;
  useEffect(() => stage?.shape(aspect), [stage, aspect]);
  const put = (next: Pose): void => {
    setPose(next);
    stage?.place(next);
  };
  const again = (): void => {
    if (!stage || !range) return;
    put({ heightM: range.usual, turnDeg: 0, right: 0, front: 0 });
    stage.begin(aspect);
  };
  const take = (quality: Quality): void => {
    if (stage && pose && range) shoot?.(wishOf(set.id, stage, pose, range, wishes), quality);
  };
  return (
    <Sheet label={w.stageOf(local(set.name))} close={close} kind="walk">
      <div class="walk-picture">
        <canvas ref={canvas} tabIndex={0} role="application" aria-label={w.stageOf(local(set.name))}
          aria-describedby="walk-keys" />
        {frame && shoot && <div class="finder" style={px(frame)} aria-hidden="true"><i /><i /><i /><i /></div>}
        {!stage && !lost && (
          <div class="walk-wait">
            <p role="status">{w.stageLoading}</p>
            <progress value={share ?? undefined} max={1} aria-label={w.stageLoading} />
          </div>
        )}
        {lost && <p class="walk-wait" role="alert">{w.stageLost}</p>}
      </div>
      <div class="walk-panel">
        <p class="eyebrow">{w.kinds[set.kind]}</p>
        <h2>{local(set.name)}</h2>
        {!product && <p>{local(set.caption)}</p>}
        <p class="soft" id="walk-keys">{product ? w.stageHelp : w.stageHelpEmpty}</p>
        {stage && pose && range && product && (
          <PoseControls stage={stage} pose={pose} range={range} put={put} />
        )}
        {stage && shoot && (
          <form class="walk-shoot" onSubmit={(event) => {
            event.preventDefault();
            take("final");
          }}>
            <div class="shoot-choices">
              <Choose label={w.preset} values={PRESETS} names={w.presets} value={wishes.preset}
                change={(preset) => setWishes({ ...wishes, preset })} />
              <Choose label={w.format} values={FORMATS} names={w.formats} value={wishes.format}
                change={(format) => setWishes({ ...wishes, format })} />
            </div>
            {wishes.preset === "marketplace" && <p class="soft">{w.onWhiteNote}</p>}
            <div class="row">
              <button class="primary"><Camera /> {w.shootFromHere}</button>
              <button type="button" class="quiet" onClick={() => take("draft")}>{w.draft}</button>
            </div>
          </form>
        )}
        {stage && <button class="plain walk-again" onClick={again}><Redo /> {w.stageAgain}</button>}
        {product && <p class="soft walk-note">{w.stageNote}</p>}
      </div>
    </Sheet>
  );
}

/** Loads what draws, then the set; what draws is not part of the first view. */
function useStage({ set, glb, product, canvas, setFrame, setPose }: {
  set: BackgroundDetail; glb: string; product: Product | null; canvas: { current: HTMLCanvasElement | null };
  setFrame: (box: Box) => void; setPose: (pose: Pose) => void;
}): { stage: Stage | null; share: number | null; lost: boolean } {
  const [stage, setStage] = useState<Stage | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const [lost, setLost] = useState(false);
  useEffect(() => {
    let here = true;
    let mine: Stage | null = null;
    const begin = async (): Promise<void> => {
      const { Stage: Made } = await import("../stage/stage");
      const drawn = canvas.current;
      if (!here || !drawn) return;
      const files = product && { cutout: product.url, aspect: product.aspect, model: product.model ?? null };
      mine = await Made.open(drawn, set, glb, files, { framed: setFrame, moved: setPose }, setShare);
      if (!here) return mine.close();
      const pose = { heightM: mine.sizes(product?.dimensions ?? null).usual, turnDeg: 0, right: 0, front: 0 };
      mine.place(pose);
      mine.begin(1);
      setPose(pose);
      setStage(mine);
    };
    begin().catch((error: unknown) => {
      console.info("The set is not shown in 3D:", error);
      if (here) setLost(true);
    });
    return () => {
      here = false;
      mine?.close();
    };
  }, [set.id, glb]);
  return { stage, share, lost };
}

function PoseControls({ stage, pose, range, put }: {
  stage: Stage; pose: Pose; range: SizeRange; put: (pose: Pose) => void;
}) {
  const w = words.value;
  const [sideways, deep] = stage.room(pose.heightM);
  const cm = (metres: number): string =>
    `${new Intl.NumberFormat(locale.value, { maximumFractionDigits: 1 }).format(metres * 100)} cm`;
  return (
    <div class="walk-sliders">
      <Slide label={w.height} said={cm(pose.heightM)} low={range.least} high={range.most} value={pose.heightM}
        change={(heightM) => put({ ...pose, heightM })} />
      <p class="soft">{range.known ? w.sizeKnown(cm(range.usual)) : w.sizeGuessed(cm(range.most))}</p>
      {sideways > 0 && (
        <Slide label={w.sideways} said={cm(pose.right)} low={-sideways} high={sideways} value={pose.right}
          change={(right) => put({ ...pose, right })} />
      )}
      {deep > 0 && (
        <Slide label={w.depthwise} said={cm(pose.front)} low={-deep} high={deep} value={pose.front}
          change={(front) => put({ ...pose, front })} />
      )}
      {stage.standing?.isCard === false && (
        <Slide label={w.turn} said={`${Math.round(pose.turnDeg)}°`} low={-180} high={180} value={pose.turnDeg}
          change={(turnDeg) => put({ ...pose, turnDeg })} />
      )}
    </div>
  );
}

const px = (box: Box): Record<string, string> =>
  Object.fromEntries(Object.entries(box).map(([side, value]) => [side, `${value}px`]));

const STEPS = 200;

function Slide({ label, said, low, high, value, change }: {
  label: string; said: string; low: number; high: number; value: number; change: (value: number) => void;
}) {
  return (
    <label class="slide">
      <span>{label}</span><output>{said}</output>
      <input type="range" min={low} max={high} step={(high - low) / STEPS} value={value} aria-label={label}
        aria-valuetext={said} onInput={(event) => change(Number(event.currentTarget.value))} />
    </label>
  );
}

/** The order of a picture as it is seen now. */
function wishOf(setId: string, stage: Stage, pose: Pose, range: SizeRange, wishes: Wishes): ShotWishes {
  const moved = pose.right !== 0 || pose.front !== 0;
  const mm = (metres: number): number => Math.round(metres * 1000) / 1000;
  return {
    backgrounds: [setId], ...wishes, viewpoint: stage.viewpoint,
    ...(moved && { place_m: [mm(pose.right), mm(pose.front)] as [number, number] }),
    ...((!range.known || pose.heightM !== range.usual) && { height_cm: Math.round(pose.heightM * 1e4) / 100 }),
    ...(stage.standing?.isCard === false && { turn_deg: Math.round(pose.turnDeg) }),
  };
}
