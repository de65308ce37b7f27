// The explorer of the interface: Swagger UI, loaded when it is asked for, since it weighs more than the whole page.

const place = document.getElementById("explorer");
const button = document.createElement("button");
button.type = "button";
button.textContent = "Open the explorer, to try requests (loads half a megabyte)";
button.addEventListener("click", open);
place.append(button);

async function open() {
  button.disabled = true;
  button.textContent = "Loading …";
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.classList.toggle("dark-mode", dark);
  try {
    await Promise.all([add("link", { rel: "stylesheet", href: place.dataset.style }), add("script", { src: place.dataset.script })]);
  } catch {
    button.disabled = false;
    button.textContent = "The explorer could not be loaded: try again";
    return;
  }
  const holder = document.createElement("div");
  button.replaceWith(holder);
  // No validator: Swagger UI would ask one that is elsewhere.
  SwaggerUIBundle({ url: place.dataset.document, domNode: holder, docExpansion: "none", validatorUrl: null });
}

function add(tag, attributes) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes, { onload: resolve, onerror: reject });
    // Before our own stylesheets, so that these have the last word.
    document.head.prepend(element);
  });
}
