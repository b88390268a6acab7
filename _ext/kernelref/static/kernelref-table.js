/* kernelref: lets the table of series be sorted and filtered. Without it, the table is a plain one. */
(() => {
  "use strict";

  const FILTERED = [2, 4, 5, 6]; // author, status, release, topic
  const text = (row, at) => row.cells[at].textContent.trim();
  const collator = new Intl.Collator(document.documentElement.lang || undefined, { numeric: true });

  const select = (label, values, all) => {
    const field = document.createElement("label");
    const box = document.createElement("select");
    field.append(label, box);
    box.add(new Option(all, ""));
    for (const value of [...new Set(values)].filter(Boolean).sort(collator.compare)) box.add(new Option(value, value));
    return [field, box];
  };

  const sortable = (table, words) => {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.title = words.sort.replace("%s", head.textContent.trim());
      button.append(...head.querySelector("p").childNodes);
      head.querySelector("p").append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...table.tBodies[0].rows];
        rows.sort((a, b) => collator.compare(text(a, at), text(b, at)) * (down ? -1 : 1));
        table.tBodies[0].append(...rows);
      });
    });
  };

  const filterable = (table, words) => {
    const rows = [...table.tBodies[0].rows];
    const heads = [...table.tHead.rows[0].cells].map((head) => head.textContent.trim());
    const form = document.createElement("form");
    form.className = "kernelref-filters";
    form.setAttribute("aria-label", words.filter);
    const tests = FILTERED.map((at) => {
      const [field, box] = select(heads[at], rows.map((row) => text(row, at)), words.all);
      form.append(field);
      return (row) => !box.value || text(row, at) === box.value;
    });
    const [field, year] = select(words.year, rows.map((row) => text(row, 0).slice(0, 4)), words.all);
    form.append(field);
    tests.push((row) => !year.value || text(row, 0).startsWith(year.value));
    const clear = document.createElement("button");
    clear.type = "reset";
    clear.textContent = words.clear;
    const shown = document.createElement("output");
    form.append(clear, shown);
    const apply = () => {
      for (const row of rows) row.hidden = !tests.every((test) => test(row));
      const count = rows.filter((row) => !row.hidden).length;
      shown.textContent = words.shown.replace("%(shown)d", count).replace("%(of)d", rows.length);
    };
    form.addEventListener("change", apply);
    form.addEventListener("reset", () => setTimeout(apply));
    form.addEventListener("submit", (event) => event.preventDefault());
    apply();
    return form;
  };

  const start = () => {
    for (const table of document.querySelectorAll("table.kernelref-series-table")) {
      const words = document.querySelector(".kernelref-table-words").dataset;
      const frame = table.closest(".table-wrapper") || table;
      frame.before(filterable(table, words));
      sortable(table, words);
    }
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
