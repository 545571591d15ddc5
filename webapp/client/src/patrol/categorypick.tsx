/* The category: three chips guessed, and the whole list behind the magnifier. */
import { useState } from "preact/hooks";
import type { Category } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { Dialog, FieldError, Icon, TextInput } from "../shared/ui/index.ts";
import { search, suggest } from "./guess.ts";
import type { Patrol } from "./model.ts";
import type { Report } from "./report.ts";

const CHIPS = 3;

/** The category of a report that is being written. */
export function CategoryPick({ patrol, report, error }: { patrol: Patrol; report: Report; error: string }) {
  const pick = (category: Category): void => {
    patrol.change(report.client_id, (old) => ({ ...old, category: category.code, category_name: category.name, solved: category.self_resolvable ? old.solved : null }));
  };
  return <CategoryChips patrol={patrol} text={report.description} chosen={report.category} error={error} onPick={pick} />;
}

interface ChipsProps {
  patrol: Pick<Patrol, "recent" | "categories">;
  /** What was said of it, from which a category is guessed. */
  text: string;
  chosen: string | null;
  error: string;
  onPick: (category: Category) => void;
}

export function CategoryChips({ patrol, text, chosen, error, onPick }: ChipsProps) {
  const [open, setOpen] = useState(false);
  const chips = suggest({ text, chosen, recent: patrol.recent, categories: patrol.categories, limit: CHIPS });
  const pick = (category: Category): void => {
    setOpen(false);
    onPick(category);
  };
  return (
    <section class="field" aria-labelledby="category-label">
      <span class="label" id="category-label">
        {gettext("Category")}
      </span>
      {error && <FieldError>{error}</FieldError>}
      <div class="chips">
        {chips.map((category) => (
          <button type="button" class="chip" key={category.code} aria-pressed={category.code === chosen} onClick={() => pick(category)}>
            {category.code === chosen && <Icon name="check" />}
            {category.name}
          </button>
        ))}
        <button type="button" class="chip" aria-label={gettext("All categories")} onClick={() => setOpen(true)}>
          <Icon name="search" size="l" />
        </button>
      </div>
      <span class="field-help">
        {patrol.categories.length ? gettext("Guessed from your words and your latest reports") : gettext("The list of categories is not here yet; it comes with the network.")}
      </span>
      {open && <CategoryList categories={patrol.categories} onPick={pick} onClose={() => setOpen(false)} />}
    </section>
  );
}

function CategoryList({ categories, onPick, onClose }: { categories: readonly Category[]; onPick: (category: Category) => void; onClose: () => void }) {
  const [wanted, setWanted] = useState("");
  const found = search(wanted, categories);
  const majors = [...new Set(found.map((category) => category.major_name))];
  return (
    <Dialog title={gettext("All categories")} wide onClose={onClose}>
      <TextInput value={wanted} onInput={setWanted} label={gettext("Find a category")} placeholder={gettext("Find a category")} />
      {found.length === 0 && <p class="dim">{gettext("No category has these words. Try fewer, or a plainer one.")}</p>}
      {majors.map((major) => (
        <section key={major} class="major">
          <h3 class="small dim">{major}</h3>
          <div class="chips">
            {found
              .filter((category) => category.major_name === major)
              .map((category) => (
                <button type="button" class="chip" key={category.code} onClick={() => onPick(category)}>
                  {category.name}
                </button>
              ))}
          </div>
        </section>
      ))}
    </Dialog>
  );
}
