// What the live page adds to a sheet: plots in their places, sliders that say their value, signs that Enter chooses,
// what is light or dark, and an answer to every flush, so that the server never sends faster than this page can show.
export function render({ model }) {
  const root = sheet({ model });
  const tell = (what, given) => model.send_msg({ do: what, given });

  const slots = [...root.querySelectorAll("[data-slot]")];
  const figures = model.get_child("figures");
  slots.forEach((slot, at) => { if (figures[at]) slot.append(figures[at]); });

  const text = (slider) => {
    const value = slider.dataset.values.split("|")[Number(slider.value)];
    const said = value === "inf" ? slider.dataset.last : `${Number(value)} ${slider.dataset.unit}`;
    return [value, said];
  };
  const touched = new WeakMap();
  root.addEventListener("input", (event) => {
    const slider = event.target;
    if (!slider.dataset.values) return;
    touched.set(slider, performance.now());
    const said = text(slider)[1];
    slider.closest(".dial").querySelector("output").textContent = said;
    slider.setAttribute("aria-valuetext", said);
  });
  root.addEventListener("change", (event) => {
    const changed = event.target;
    const what = changed.dataset.change;
    if (!what) return;
    const given = { ...changed.dataset, value: changed.dataset.values ? text(changed)[0] : changed.value };
    delete given.values;
    touched.set(changed, performance.now());
    tell(what, given);
  });

  root.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    const sign = event.target.closest("svg [data-do], svg [data-row]");
    if (!sign) return;
    event.preventDefault();
    choose(sign);
  });
  const choose = (sign) => {
    if (sign.dataset.row) tell("event", { row: sign.dataset.row });
    else tell(sign.dataset.do, { path: sign.dataset.path });
  };
  root.addEventListener("click", (event) => {
    const sign = event.target.closest("svg.thread [data-row]");
    if (sign) choose(sign);
  });

  const settle = () => {
    for (const slider of root.querySelectorAll("input[data-values]")) {
      if (slider.matches(":active") || performance.now() - (touched.get(slider) || -1e9) < 1200) continue;
      if (slider.value !== slider.getAttribute("value")) slider.value = slider.getAttribute("value");
    }
    for (const select of root.querySelectorAll("select[data-chosen]")) {
      if (root.getRootNode().activeElement !== select && select.value !== select.dataset.chosen) {
        select.value = select.dataset.chosen;
      }
    }
  };
  settle();
  const fill = ({ source, names, length, numbers }) => {
    const bytes = Uint8Array.from(atob(numbers), (letter) => letter.charCodeAt(0));
    const all = new Float32Array(bytes.buffer);
    for (const page of Bokeh.documents) {
      const found = page.get_model_by_name(source);
      if (!found) continue;
      const data = {};
      for (const name of Object.keys(found.data)) data[name] = new Float32Array(length).fill(NaN);
      names.forEach((name, at) => { data[name] = all.subarray(at * length, (at + 1) * length); });
      found.setv({ data }, { sync: false, check_eq: false });
      return;
    }
  };
  model.on("msg:custom", (message) => {
    const said = message?.data ?? message;
    if (said?.flush === undefined) return;
    settle();
    if (said.plots) fill(said.plots);
    root.dataset.flush = said.flush;
    requestAnimationFrame(() => tell("shown", {}));
  });

  // A notebook may not be listening yet when this page says that it is ready: said again until something comes.
  const again = setInterval(() => {
    if (root.dataset.flush) clearInterval(again);
    else { tell("ready", {}); tell("theme", { dark: known ? "yes" : "no" }); }
  }, 1500);

  const page = document.documentElement;
  const wide = window.matchMedia("(prefers-color-scheme: dark)");
  let known = null;
  const theme = () => {
    const lab = document.body.dataset.jpThemeLight;
    const dark = lab ? lab === "false" : page.dataset.theme ? page.dataset.theme === "dark" : wide.matches;
    if (dark !== known) tell("theme", { dark: dark ? "yes" : "no" });
    known = dark;
  };
  wide.addEventListener("change", theme);
  const seen = new MutationObserver(theme);
  seen.observe(page, { attributes: true, attributeFilter: ["data-theme"] });
  seen.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  theme();
  return root;
}
