/* Parts of several phone screens: the bar on top, pictures, the camera button, where a report stands. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { gettext, pgettext, say } from "../shared/i18n.ts";
import { Button, cls, Icon, type IconName } from "../shared/ui/index.ts";
import type { Report } from "./report.ts";
import { hashOf, type Screen } from "./route.ts";

/** Goes to a screen; `replace` leaves no step for Back. */
export function goTo(screen: Screen, options: { replace?: boolean } = {}): void {
  if (options.replace) location.replace(hashOf(screen));
  else location.hash = hashOf(screen);
}

/** `whole`: a title that may take two lines, because its end matters. */
export function PhoneBar({ title, back, whole = false, children }: { title: string; back?: Screen; whole?: boolean; children?: ComponentChildren }) {
  return (
    <header class="pbar">
      {back && <Button kind="quiet" icon="left" label={gettext("Back")} class="pback" onClick={() => goTo(back)} />}
      <h1 class={cls("grow", whole ? "wrap" : "cut")}>{title}</h1>
      {children}
    </header>
  );
}

/** An address for a picture kept here, freed with the component. */
export function useObjectUrl(blob: Blob | null): string {
  const [url, setUrl] = useState("");
  useEffect(() => {
    if (!blob) return undefined;
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
}

export function LocalPicture({ blob, alt, class: extra }: { blob: Blob | null; alt: string; class?: string }) {
  const url = useObjectUrl(blob);
  return url ? <img class={extra ?? ""} src={url} alt={alt} /> : <span class={cls("skeleton", "nopicture", extra)} />;
}

/** Opens the camera, or the pictures on the phone; a whole area of 48 px and more. */
export function CameraInput({ onFiles, camera = true, class: extra, children }: { onFiles: (files: File[]) => void; camera?: boolean; class: string; children: ComponentChildren }) {
  return (
    <label class={extra}>
      {children}
      <input
        class="unseen"
        type="file"
        accept="image/*"
        {...(camera ? { capture: "environment" as const } : { multiple: true })}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = "";
          if (files.length) onFiles(files);
        }}
      />
    </label>
  );
}

const STANDING: Record<Report["standing"], readonly [icon: IconName, kind: string]> = {
  draft: ["note", "is-wait"],
  waiting: ["clock", "is-normal"],
  sending: ["up", "is-normal"],
  delivered: ["check", "is-done"],
  failed: ["alert", "is-over"],
};

function standingWords(report: Report, share: number): string {
  const words: Record<Report["standing"], () => string> = {
    draft: () => gettext("Draft"),
    waiting: () => gettext("Waiting to be sent"),
    sending: () => say("Sending %(percent)s%", { percent: Math.round(share * 100) }),
    delivered: () => say("Delivered %(no)s", { no: report.event_no ?? "" }),
    failed: () => say("Failed: %(why)s", { why: report.failure?.message ?? "" }),
  };
  return words[report.standing]();
}

/** 草稿, 待发送, 发送中, 已送达 EV…, 失败 and why: icon, colour and words. */
export function StandingLine({ report, share }: { report: Report; share: number }) {
  const [icon, kind] = STANDING[report.standing];
  return (
    <span class={cls("standing small", kind)} role="status">
      <Icon name={icon} />
      <span>{standingWords(report, share)}</span>
    </span>
  );
}

/** What a report still lacks, as one would say it. */
export function lackWords(lack: string): string {
  const words: Record<string, string> = {
    photo: gettext("a photo"),
    category: gettext("the category"),
    place: gettext("the place"),
    photo_after: gettext("a photo after the work"),
    way: pgettext("lack", "how it was solved"),
  };
  return words[lack] ?? lack;
}
