export { ConflictDialog } from "./conflict.tsx";
export { newSince } from "./changes.ts";
export { StepForm } from "./form.tsx";
export { PointPicker, StepControl } from "./inputs.tsx";
export { StepButtons, StepPanel } from "./panel.tsx";
export { type Conflict, type Runner, useStepRunner } from "./runner.ts";
export { type FieldValue, missing, type PhotoValue, type PointValue, sent, startingValues, type StepValues } from "./values.ts";
export { CounterDialog } from "./counter.tsx";
