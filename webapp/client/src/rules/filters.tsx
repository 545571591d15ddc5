/* What the views of the page choose by: a category, a region. */
import type { Category, Region } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { Field } from "../shared/ui/fields.tsx";

/** A 大类 or 小类; `small`: a 小类 only. */
export function CategorySelect({ categories, value, small = false, onChange }: { categories: Category[]; value: string; small?: boolean; onChange: (code: string) => void }) {
  const groups = new Map<string, Category[]>();
  for (const one of categories) groups.set(one.major, [...(groups.get(one.major) ?? []), one]);
  return (
    <Field label={gettext("Category")} required>
      {(tie) => (
        <select id={tie.id} class="input" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          <option value="">{small ? gettext("Please choose") : gettext("All")}</option>
          {[...groups].map(([major, members]) => (
            <optgroup key={major} label={`${major} ${members[0]?.major_name ?? ""}`}>
              {!small && (
                <option value={major}>
                  {major} {members[0]?.major_name}
                </option>
              )}
              {members.map((one) => (
                <option key={one.code} value={one.code}>
                  {one.code} {one.name}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      )}
    </Field>
  );
}

/** Counties and what else the reader's ground begins with. */
export function RegionSelect({ regions, value, onChange }: { regions: Region[]; value: string; onChange: (path: string) => void }) {
  const shown = regions.filter((one) => one.level === "county" || !regions.some((other) => other !== one && one.path.startsWith(other.path)));
  return (
    <Field label={gettext("Region")} required>
      {(tie) => (
        <select id={tie.id} class="input" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          <option value="">{gettext("All")}</option>
          {shown.map((one) => (
            <option key={one.path} value={one.path}>
              {one.name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
