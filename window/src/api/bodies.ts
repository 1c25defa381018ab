// The contracts as the API shows them; docs/schemas/*.json are what they are held to.

export interface Localized { en: string; ko: string }
export interface Swatch { hex: string; name: string; share: number }
export type Kind = "studio" | "space";
export type Status =
  | "awaiting_upload" | "queued" | "processing" | "canceling"
  | "succeeded" | "failed" | "canceled" | "expired";
export type StageName =
  | "view" | "caption" | "refine" | "match" | "build" | "describe" | "index" | "render";

export interface Dimensions { width?: number | null; depth?: number | null; height?: number | null }
export interface FacetTerm {
  term: string; label: Localized; score: number; source: "seen" | "measured" | "hint"; raw: boolean;
}
export interface PhotoWarning { code: string; text: Localized }

export interface CaptionView {
  texts: { text: string; score: number; source: "seen" | "measured" | "hint" }[];
  facets: Record<string, FacetTerm[]>;
  palette: Swatch[];
  measures: Record<string, number>;
  cutout_url: string | null;
  photo_warnings: PhotoWarning[];
}

export interface LightingPlan {
  types: string[]; direction: string; kelvin: number; contrast: "low" | "medium" | "high";
}
export interface TechniquePlan { types: string[]; lens_mm: number }
export interface PalettePlan { scheme: string; hexes: string[] }
export interface Prop { term: string; placement: string; scale: string }
export interface Claim {
  slot: string; text: Localized;
  evidence: { kind: "facet" | "measured" | "hint" | "rule" | "advice"; ref: string; score: number | null };
}

export interface StudioBrief {
  kind: "studio" | "space" | "both";
  settings: string[]; surface: string | null; backdrop: string[];
  palette: PalettePlan; lighting: LightingPlan;
  moods: string[]; styles: string[]; textures: string[];
  technique: TechniquePlan; props: Prop[]; season: string | null; avoid: string[];
  prose: Localized; claims: Claim[];
  variant: string; source: "llm" | "rules" | "seller";
}

export interface StageArea {
  anchor: [number, number, number]; yaw_deg: number;
  width_m: number; depth_m: number; height_m: number; floor_area_m2: number;
}
export interface BackgroundCard {
  id: string; kind: Kind; name: Localized; caption: Localized;
  setting: string[]; lighting: string[]; mood: string[]; style: string[];
  palette: Swatch[]; previews: string[]; stage: StageArea;
}
export interface SetCamera {
  name: string; position: [number, number, number]; target: [number, number, number]; lens_mm: number;
}
export interface BackgroundDetail extends BackgroundCard {
  facets: Record<string, { term: string; score: number }[]>;
  cameras: SetCamera[];
  lights: { name: string; type: string; kelvin: number }[];
  triangles: number; bytes: number;
  licence: { id: string; evidence: string };
  version: number; source: string;
  files: { glb: string | null; hdri: string | null; backdrop: string | null };
}
export interface NewBackground {
  id: string; kind: Kind; name: Localized; caption?: Localized;
  facets: Record<string, { term: string; score: number }[]>;
  licence: { id: string; evidence: string };
}
export interface BackgroundPage { backgrounds: BackgroundCard[]; next_cursor: string | null }

export interface Reason { slot: string; text: Localized; weight: number }
export interface Recommendation {
  rank: number; score: number; background: BackgroundCard; reasons: Reason[];
}
export type Quality = "draft" | "final";
export const PRESETS = ["square", "portrait", "wide", "marketplace", "thumbnail"] as const;
export const ANGLES = ["hero", "three-quarter", "close", "high", "low"] as const;
export const FORMATS = ["jpeg", "png", "webp", "avif"] as const;
export interface ShotWishes {
  backgrounds?: string[]; preset?: (typeof PRESETS)[number]; camera?: (typeof ANGLES)[number];
  format?: (typeof FORMATS)[number];
  viewpoint?: { position: [number, number, number]; target: [number, number, number]; lens_mm: number };
  place_m?: [number, number]; height_cm?: number; turn_deg?: number;
}
export interface Render {
  background_id: string; url: string; width: number; height: number;
  quality: Quality; product_from: "model" | "cutout";
  checks: { name: string; passed: boolean; detail: string }[]; seconds: number;
  preset?: string; angle?: string; recipe_url?: string | null;
}
export interface WebhookEndpoint { endpoint_id: string; url: string; disabled?: boolean }
export interface WebhookDelivery {
  delivery_id: string; type: string; job_id: string | null; url: string; state: string;
  attempts: number; created_at: string; last_status: number | null; last_note: string | null;
}

export interface Problem {
  type: string; title: string; status: number; detail: string; code: string;
  reason?: string | null; errors?: { field: string; detail: string }[];
}
export interface StageReport {
  state: "waiting" | "pending" | "claimed" | "done" | "skipped" | "error";
  attempts: number; queued_s: number | null; run_s: number | null; worker: string | null;
  progress?: number | null; doing?: string | null;
}
export interface JobBody {
  job_id: string; kind: string; status: Status; stage: StageName | null;
  generation: number; parent_id: string | null;
  created_at: string; updated_at: string; finished_at: string | null;
  links: Record<string, string> & { product?: string | null };
  stages: Partial<Record<StageName, StageReport>>;
  warnings: { code: string; text: Localized }[];
  metadata: Record<string, string>;
  error: Problem | null;
  queue?: { position: number | null; estimated_start: string | null } | null;
  result: {
    caption: CaptionView | null;
    brief: StudioBrief | null;
    recommendations: Recommendation[] | null;
    renders: Render[] | null;
    indexed?: { background_id: string | null; version: number | null; fresh: boolean } | null;
  };
}
export interface JobPage { jobs: JobBody[]; next_cursor: string | null }

export interface StageLoad {
  service: string; workers: number; slots: number; waiting: number; running: number; load: number | null;
}
export interface LineBody { stages: Partial<Record<StageName, StageLoad>> }

export interface Word { term: string; label: Localized; group?: string; hex?: string }
export interface VocabularyBody {
  version: string;
  facets: Record<string, Word[]>;
  layout: Record<string, Record<string, Localized>>;
}
export interface Sample {
  file: string; title: Localized; category: string; dimensions_cm: Dimensions;
}

export type BriefEdit = Partial<
  Pick<
    StudioBrief,
    | "kind" | "settings" | "backdrop" | "palette" | "lighting" | "moods" | "styles"
    | "textures" | "technique" | "props" | "avoid"
  > & { surface: string; season: string }
>;
export type Slot = keyof BriefEdit;

export interface Taste { more: string[]; less: string[]; pin: string[] }
export interface RematchRequest {
  edit?: BriefEdit; text?: string; locked?: Slot[]; kinds?: Kind[]; top_k?: number;
  taste?: Taste; metadata?: Record<string, string>;
  render?: "none" | Quality; renders?: number; shot?: ShotWishes;
}

export const FINAL: ReadonlySet<Status> = new Set(["succeeded", "failed", "canceled", "expired"]);
