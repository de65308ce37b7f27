// The query page with a script: YASQE in place of the text area, and buttons that copy. Without, all works too.

const LINES = /void#(class|property)> <([^>]+)> \.$/gm;

for (const block of document.querySelectorAll("pre.copy")) addCopyButton(block);
const area = document.querySelector(".editor > textarea");
if (area && window.Yasqe) replaceByEditor(area);

function addCopyButton(block) {
  if (!navigator.clipboard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.querySelector("code").textContent);
    button.textContent = "Copied";
  });
  // Before the region that scrolls, not in it: it stays where it is.
  block.before(button);
  button.className = "copier";
}

function replaceByEditor(area) {
  const form = area.form;
  const place = document.createElement("div");
  area.before(place);
  area.hidden = true;
  completeFromHere(area.dataset.root);
  const submit = () => form.requestSubmit();
  const editor = new Yasqe(place, {
    value: area.value,
    screenReaderLabel: form.querySelector("label").textContent,
    showQueryButton: false,
    resizeable: false,
    editorHeight: null,
    // Nothing is kept in the browser, nothing in the part of the address after #.
    persistenceId: null,
    createShareableLink: null,
    consumeShareLink: null,
    requestConfig: { endpoint: `${area.dataset.root}sparql` },
    // Tab leaves the editor, as it leaves every other field.
    extraKeys: { Tab: false, "Shift-Tab": false, "Ctrl-S": false, "Ctrl-Enter": submit, "Cmd-Enter": submit },
  });
  form.querySelector("label").addEventListener("click", () => editor.focus());
  form.addEventListener("submit", () => { area.value = editor.getValue(); });
}

// What YASQE completes with by itself, it asks of other servers, or has in a list of the world's prefixes.
function completeFromHere(root) {
  const used = once(async () => [...(await text(`${root}dataset.nt`)).matchAll(LINES)]);
  const prefixes = once(async () => {
    const context = JSON.parse(await text(`${root}context.jsonld`))["@context"] ?? {};
    return Object.entries(context).filter(([, iri]) => typeof iri === "string" && /^http.*[#/]$/.test(iri));
  });
  const terms = (kind) => async () => (await used()).filter((found) => found[1] === kind).map((found) => found[2]);
  const own = { bulk: true, persistenceId: null };
  Yasqe.defaults.autocompleters = ["variables"];
  Yasqe.forkAutocompleter("class", { ...own, name: "class-here", get: terms("class") });
  Yasqe.forkAutocompleter("property", { ...own, name: "property-here", get: terms("property") });
  Yasqe.forkAutocompleter("prefixes", {
    ...own,
    name: "prefixes-here",
    get: async () => (await prefixes()).map(([prefix, iri]) => `${prefix}: <${iri}>`),
  });
}

function once(make) {
  let made;
  return () => (made ??= make());
}

async function text(address) {
  const response = await fetch(address);
  return response.ok ? response.text() : "{}";
}
