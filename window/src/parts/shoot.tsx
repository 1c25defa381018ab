import { useState } from "preact/hooks";
import { ANGLES, FORMATS, PRESETS, type Quality, type ShotWishes } from "../api/bodies";
import { words } from "../words";
import { Camera } from "./icons";

/** Orders the picture in one set: for which channel, from where, as what file. */
export function Shoot({ setId, shoot }: { setId: string; shoot: (shot: ShotWishes, quality: Quality) => void }) {
  const w = words.value;
  const [shot, setShot] = useState<ShotWishes>({ backgrounds: [setId], preset: "square", format: "jpeg" });
  return (
    <form class="shoot" onSubmit={(event) => {
      event.preventDefault();
      shoot(shot, "final");
    }}>
      <h3>{w.shootTitle}</h3>
      <div class="shoot-choices">
        <Choose label={w.preset} values={PRESETS} names={w.presets} value={shot.preset ?? "square"}
          change={(preset) => setShot({ ...shot, preset })} />
        <Choose label={w.angle} values={["", ...ANGLES] as const} names={w.angles} value={shot.camera ?? ""}
          change={(camera) => {
            const { camera: _, ...rest } = shot;
            setShot(camera ? { ...rest, camera } : rest);
          }} />
        <Choose label={w.format} values={FORMATS} names={w.formats} value={shot.format ?? "jpeg"}
          change={(format) => setShot({ ...shot, format })} />
      </div>
      <div class="row">
        <button class="primary"><Camera /> {w.shoot}</button>
        <button type="button" class="quiet" onClick={() => shoot(shot, "draft")}>{w.draft}</button>
      </div>
    </form>
  );
}

export function Choose<T extends string>({ label, value, values, names, change }: {
  label: string; value: T; values: readonly T[]; names: Record<T, string>; change: (value: T) => void;
}) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => change(event.currentTarget.value as T)}>
        {values.map((one) => <option key={one} value={one}>{names[one]}</option>)}
      </select>
    </label>
  );
}
