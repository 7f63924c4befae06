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
    touched.set(changed, performance.now());
    clearTimeout(going.get(changed));
    // A key a step, but one act: it is told when the keys rest, or at once when somebody goes elsewhere.
    if (what === "turn" && keyed.has(changed)) going.set(changed, setTimeout(() => let_go(changed), 700));
    else let_go(changed);
  });
  const going = new Map(), keyed = new WeakSet();
  const let_go = (changed) => {
    clearTimeout(going.get(changed));
    going.delete(changed);
    const given = { ...changed.dataset, value: changed.dataset.values ? text(changed)[0] : changed.value };
    delete given.values;
    touched.set(changed, performance.now());
    tell(changed.dataset.change, given);
  };
  root.addEventListener("keydown", (event) => { if (event.target.dataset.values) keyed.add(event.target); });
  root.addEventListener("pointerdown", (event) => keyed.delete(event.target));
  root.addEventListener("focusout", (event) => { if (going.has(event.target)) let_go(event.target); });

  // What was asked for is brought into sight: at once, and again when its part has come.
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let showing = null;
  const bring = () => {
    const place = root.querySelector(`[data-part="${showing.part}"]`);
    const block = showing.part === "choice" ? "nearest" : "start";
    place?.scrollIntoView({ block, behavior: calm.matches ? "auto" : "smooth" });
    if (showing.focus) place?.focus({ preventScroll: true });
  };
  const show = (part, focus) => {
    showing = { part, focus, until: performance.now() + 2000 };
    bring();
  };
  root.addEventListener("click", (event) => {
    const way = event.target.closest("[data-to]");
    if (way) show(way.dataset.to, false);
    else if (event.target.closest("svg [data-do=select]")) show("choice", false);
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !event.target.closest("[data-part=choice]")) return;
    root.querySelector("svg [aria-pressed=true][tabindex]")?.focus();
  });

  root.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    const sign = event.target.closest("svg [data-do], svg [data-row]");
    if (!sign) return;
    event.preventDefault();
    choose(sign);
    if (sign.dataset.do) show("choice", true);
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
  // The looks of a line, or of the axes of a figure. Python is not told: it would refuse what it hears of colours.
  const dress = (one, { visible, ink, grid, ...glyph }) => {
    if (!one) return;
    if (ink === undefined) {
      one.setv({ visible }, { sync: false });
      for (const [part, value] of Object.entries(glyph)) one.glyph.setv({ [part]: { value } }, { sync: false });
      return;
    }
    const lines = { axis_line_color: ink, major_tick_line_color: ink, major_label_text_color: ink };
    for (const axis of [...one.below, ...one.left]) axis.setv(lines, { sync: false });
    for (const rule of one.center) if (rule.dimension === 1) rule.setv({ grid_line_color: grid }, { sync: false });
  };
  const fill = ({ source, names, length, numbers, from, to, tops, looks }) => {
    const bytes = Uint8Array.from(atob(numbers), (letter) => letter.charCodeAt(0));
    const all = new Float32Array(bytes.buffer);
    for (const page of Bokeh.documents) {
      const found = page.get_model_by_name(source);
      if (!found) continue;
      const data = {};
      for (const name of Object.keys(found.data)) data[name] = new Float32Array(length).fill(NaN);
      names.forEach((name, at) => { data[name] = all.subarray(at * length, (at + 1) * length); });
      found.setv({ data }, { sync: false, check_eq: false });
      page.get_model_by_name(`${source}-x`)?.setv({ start: from, end: to }, { sync: false });
      for (const [name, top] of Object.entries(tops)) {
        page.get_model_by_name(`${source}-y-${name}`)?.setv({ start: 0, end: top }, { sync: false });
      }
      for (const [name, look] of looks) dress(page.get_model_by_name(name), look);
      return;
    }
  };
  model.on("msg:custom", (message) => {
    const said = message?.data ?? message;
    if (said?.flush === undefined) return;
    settle();
    if (said.plots) fill(said.plots);
    if (showing && performance.now() > showing.until) showing = null;
    if (showing && said.parts?.[showing.part] !== undefined) { bring(); showing = null; }
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
