// Files that are too large for a form go to the bucket first; the form then sends their receipts.

const BROKEN = "The files could not be sent. Check the connection, reload the page and try again.";

async function grantsFor(form, files) {
  const body = new URLSearchParams();
  body.append("team", form.elements.namedItem("team")?.value ?? form.dataset.team);
  for (const file of files) body.append("file", `${file.size} ${file.name}`);
  const headers = { "X-CSRFToken": form.elements.namedItem("csrfmiddlewaretoken").value };
  const response = await fetch(form.dataset.incoming, { method: "POST", body, headers });
  if (response.status === 429) throw new Error("Too many uploads for now. Try again in some minutes.");
  if (!response.ok && response.status !== 422) throw new Error(BROKEN);
  const answer = await response.json();
  if (answer.problem) throw new Error(answer.problem);
  return answer.files;
}

async function send(grant, file) {
  const body = new FormData();
  for (const [name, value] of Object.entries(grant.fields)) body.append(name, value);
  body.append("file", file); // S3 reads no field after it.
  const response = await fetch(grant.url, { method: "POST", body, credentials: "omit" });
  if (!response.ok) throw new Error(BROKEN);
}

function say(form, isSending, problem = "") {
  form.querySelector("[data-sending]").hidden = !isSending;
  const place = form.querySelector("[data-not-sent]");
  place.hidden = !problem;
  place.querySelector("span").textContent = problem;
  for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = isSending;
}

function addReceipt(form, receipt) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: "received", value: receipt });
  form.append(input);
}

async function onSubmit(event) {
  const form = event.currentTarget;
  const input = form.querySelector("input[type=file]");
  const files = [...input.files];
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  if (bytes <= Number(form.dataset.largestBytes)) return;
  event.preventDefault();
  say(form, true);
  try {
    const grants = await grantsFor(form, files);
    await Promise.all(grants.map((grant, place) => send(grant, files[place])));
    for (const grant of grants) addReceipt(form, grant.receipt);
    input.disabled = true;
    form.submit();
  } catch (error) {
    // What the browser says of a lost connection is no sentence for a person.
    say(form, false, error instanceof TypeError || error instanceof SyntaxError ? BROKEN : error.message);
  }
}

for (const form of document.querySelectorAll("form[data-incoming]")) {
  form.addEventListener("submit", onSubmit);
}

// Back from the answer the form would send its receipts once more.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
