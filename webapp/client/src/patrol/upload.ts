/* Sends one picture, saying how far it is. XMLHttpRequest, because fetch can't tell the progress of what it sends. */
import { API, ApiProblem, csrfToken, type PhotoReceipt, type Problem } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";

const PATIENCE_MS = 60_000;

/** Uploads `picture` and resolves to what the server calls it. Rejects with ApiProblem; status 0 when no answer came. */
export function upload(picture: Blob, onProgress: (share: number) => void): Promise<PhotoReceipt> {
  return new Promise((resolve, reject) => {
    const ask = new XMLHttpRequest();
    ask.open("POST", `${API}/photos`);
    ask.timeout = PATIENCE_MS;
    ask.setRequestHeader("X-CSRFToken", csrfToken());
    ask.setRequestHeader("Accept", "application/json");
    ask.upload.onprogress = (progress) => {
      if (progress.lengthComputable) onProgress(progress.loaded / progress.total);
    };
    ask.onload = () => {
      const answer = parsed(ask.responseText);
      if (ask.status >= 200 && ask.status < 300 && answer) resolve(answer as PhotoReceipt);
      else reject(new ApiProblem(refusal(ask.status, answer)));
    };
    const unanswered = (): void => reject(new ApiProblem(refusal(0, null)));
    ask.onerror = unanswered;
    ask.ontimeout = unanswered;
    ask.onabort = unanswered;
    const form = new FormData();
    form.append("file", picture, "photo.jpg");
    ask.send(form);
  });
}

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

function refusal(status: number, answer: object | null): Problem {
  const said = (answer ?? {}) as Partial<Problem>;
  return {
    ...said,
    status,
    code: said.code ?? (status ? `http_${status}` : "network"),
    detail: said.detail ?? (status ? gettext("The picture was not taken by the server.") : gettext("No connection.")),
  };
}
