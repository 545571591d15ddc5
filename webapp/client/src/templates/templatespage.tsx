/* /templates: words that an organisation uses again, edited by those who lead it. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { api, type ApiProblem, asProblem, type Category, desk, type Me, type ReplyTemplate, type TemplateRegister } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { useKeys } from "../shared/keys.ts";
import { Page } from "../shared/page.tsx";
import { Button, Empty, ProblemState, Select, SkeletonRows } from "../shared/ui/index.ts";
import { TemplateForm } from "./templateform.tsx";

export function TemplatesPage({ me }: { me: Me }) {
  const [register, setRegister] = useState<TemplateRegister | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [categories, setCategories] = useState<Category[]>([]);
  const [step, setStep] = useState("");
  const [open, setOpen] = useState<ReplyTemplate | "new" | null>(null);
  const load = useCallback(() => {
    desk.templates().then(
      (found) => {
        setRegister(found);
        setProblem(null);
      },
      (thrown: unknown) => setProblem(asProblem(thrown)),
    );
  }, []);
  useEffect(() => {
    load();
    api.categories().then(setCategories, () => undefined); /* the form does without names */
  }, [load]);
  const writes = register !== null && register.organisations.length > 0;
  useKeys([{ keys: "n", label: gettext("Write a template"), group: gettext("Reply templates"), run: () => setOpen("new") }], writes);
  const rows = register?.rows.filter((one) => step === "" || one.step === step) ?? [];
  return (
    <Page me={me} active="work">
      <main class="register" id="main">
        <div class="register-tools">
          <h1>{gettext("Reply templates")}</h1>
          <span class="grow" />
          {register && <Select class="templates-step" label={gettext("Step")} empty={gettext("All steps")} value={step} options={register.steps} onChange={setStep} />}
          {writes && (
            <Button kind="primary" icon="plus" kbd="n" onClick={() => setOpen("new")}>
              {gettext("Write a template")}
            </Button>
          )}
        </div>
        <Body register={register} problem={problem} rows={rows} writes={writes} onOpen={setOpen} load={load} />
        {open && register && <TemplateForm key={open === "new" ? "new" : open.id} kept={open === "new" ? null : open} register={register} categories={categories} onClose={() => setOpen(null)} onDone={load} />}
      </main>
    </Page>
  );
}

interface BodyProps {
  register: TemplateRegister | null;
  problem: ApiProblem | null;
  rows: readonly ReplyTemplate[];
  writes: boolean;
  onOpen: (one: ReplyTemplate) => void;
  load: () => void;
}

function Body({ register, problem, rows, writes, onOpen, load }: BodyProps) {
  if (problem) return <ProblemState title={gettext("The templates did not come")} problem={problem} retry={load} />;
  if (!register) return <SkeletonRows rows={8} columns={[120, 90, 160]} />;
  if (rows.length > 0) return <Rows rows={rows} onOpen={onOpen} />;
  return (
    <Empty icon="note" title={gettext("There are no templates yet")}>
      {writes ? gettext("Write the first one: it can be inserted wherever its step asks for words.") : gettext("The shift lead or the department's lead writes them.")}
    </Empty>
  );
}

function Rows({ rows, onOpen }: { rows: readonly ReplyTemplate[]; onOpen: (one: ReplyTemplate) => void }) {
  return (
    <div class="register-rows" tabIndex={0} role="region" aria-label={gettext("Reply templates")}>
      <table class="table register-table templates-table">
        <thead>
          <tr>
            <th>{gettext("Title")}</th>
            <th>{gettext("Step")}</th>
            <th>{gettext("Category")}</th>
            <th>{gettext("Words")}</th>
            <th>{gettext("Organisation")}</th>
            <th>
              <span class="unseen">{gettext("Change")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <tr key={one.id}>
              <td class="strong">{one.title}</td>
              <td>{one.step_label}</td>
              <td class="dim">{one.category === "" ? gettext("All categories") : one.category_name}</td>
              <td class="templates-body">{one.body}</td>
              <td class="dim">{one.organisation_name}</td>
              <td>{one.may_change && <Button kind="quiet" icon="pen" label={say("Change the template %(title)s", { title: one.title })} onClick={() => onOpen(one)} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
