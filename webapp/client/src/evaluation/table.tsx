/** A table of the evaluation: its columns' names above, its rows below. */
import type { ComponentChildren } from "preact";
import { cls } from "../shared/ui/index.ts";
import { eventPage } from "../shared/eventpage.ts";

/** `numbers` are the columns whose names stand to the right, by their place. */
export function Table({ columns, numbers = [], children }: { columns: readonly string[]; numbers?: readonly number[]; children: ComponentChildren }) {
  return (
    <table class="table register-table">
      <thead>
        <tr>
          {columns.map((name, place) => (
            <th key={name} scope="col" class={cls(numbers.includes(place) && "num")}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

/** An event's number, which leads to its page. */
export function EventCell({ no }: { no: string }) {
  return (
    <td>
      <a class="mono" href={eventPage(no)}>
        {no}
      </a>
    </td>
  );
}
