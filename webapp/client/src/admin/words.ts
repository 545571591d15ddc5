/* Words for codes that the forms of administration choose from. */
import { gettext } from "../shared/i18n.ts";
import { fullTimeText } from "../shared/time.ts";

interface Option {
  value: string;
  label: string;
}

export function roles(): Option[] {
  return [
    { value: "grid_officer", label: gettext("Grid officer") },
    { value: "grid_lead", label: gettext("Grid lead") },
    { value: "acceptor", label: gettext("Acceptor") },
    { value: "dispatcher", label: gettext("Dispatcher") },
    { value: "shift_lead", label: gettext("Shift lead") },
    { value: "dept_clerk", label: gettext("Department clerk") },
    { value: "dept_lead", label: gettext("Department lead") },
    { value: "checker", label: gettext("Checker") },
    { value: "supervisor", label: gettext("Supervisor") },
    { value: "leader", label: gettext("Leader") },
    { value: "om_engineer", label: gettext("Operations engineer") },
    { value: "integrator", label: gettext("Integrator") },
    { value: "auditor", label: gettext("Auditor") },
    { value: "sysadmin", label: gettext("System administrator") },
    { value: "secadmin", label: gettext("Security administrator") },
  ];
}

export function clocks(): Option[] {
  return [
    { value: "urgent_hour", label: gettext("urgent hours (nights and holidays count)") },
    { value: "work_hour", label: gettext("working hours") },
    { value: "work_day", label: gettext("working days") },
    { value: "natural_day", label: gettext("calendar days") },
  ];
}

export function levels(): Option[] {
  return [
    { value: "village", label: gettext("Village") },
    { value: "township", label: gettext("Township") },
    { value: "county", label: gettext("County") },
    { value: "city", label: gettext("City") },
  ];
}

/** A moment in full, or a dash. */
export function whenText(at: string | null): string {
  return at === null ? "—" : fullTimeText(at);
}
