import type { Reason } from "../api/bodies";
import { local, words } from "../words";

/** Why a set fits, facet by facet, with how much each counts; what is given up comes last. */
export function Reasons({ reasons, most }: { reasons: Reason[]; most?: number }) {
  const w = words.value;
  const sorted = [...reasons].sort((a, b) => b.weight - a.weight).filter((one) => one.weight !== 0 || !most);
  const shown = most ? sorted.filter((one) => one.weight > 0).slice(0, most) : sorted;
  const top = Math.max(...reasons.map((one) => Math.abs(one.weight)), 0.01);
  return (
    <ul class={most ? "reasons brief-reasons" : "reasons"}>
      {shown.map((reason, at) => (
        <li key={at} class={reason.weight < 0 ? "against" : "for"}>
          {!most && (
            <div class="reason-head">
              <span>{w.reasonSlots[reason.slot] ?? reason.slot}</span>
              <i class="reason-bar" aria-hidden="true"><b style={{ width: `${(Math.abs(reason.weight) / top) * 100}%` }} /></i>
            </div>
          )}
          <p>{local(reason.text)}</p>
        </li>
      ))}
    </ul>
  );
}
