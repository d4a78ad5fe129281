/*
 * Copyright (c) 2026 telephony.auth contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
"use strict";
(() => {
  const PAGE = 50;
  const body = document.querySelector("tbody");
  const rows = [...body.rows];
  const heads = [...document.querySelectorAll("thead th")];
  const tiles = [...document.querySelectorAll(".tile")];
  const words = document.querySelector("[type=search]");
  // There is neither where there are no tenants
  const tenant = document.querySelector("select");
  const grouped = document.querySelector("[type=checkbox]");
  const output = document.querySelector("output");
  const pager = document.querySelector(".pager");
  const [previous, range, next] = pager.children;
  // Not innerText, for which all rows would have to be laid out
  const text = (row) => [...row.cells].flatMap((cell) => [...cell.childNodes]).map((node) => node.textContent).join(" ");
  const texts = new Map(rows.map((row) => [row, text(row).toLowerCase()]));
  const tenants = new Map(rows.map((row) => [row, [...row.querySelectorAll(".tenants span")].map((each) => each.textContent)]));
  const collator = new Intl.Collator("en", { numeric: true });
  let flag = "";
  let page = 0;

  const value = (row, column) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
  const group = (row) => tenants.get(row).join(", ");

  // What is empty comes last in both directions
  const order = (values, direction) => (one, other) => {
    const [a, b] = [values(one), values(other)];
    return (a === "") - (b === "") || direction * collator.compare(a, b);
  };

  const isWanted = (row) =>
    (!flag || row.dataset.flags.split(" ").includes(flag)) &&
    (!tenant?.value || tenants.get(row).includes(tenant.value)) &&
    words.value.toLowerCase().split(/\s+/).every((word) => texts.get(row).includes(word));

  const heading = (row, count) => {
    const made = document.createElement("tr");
    made.className = "group";
    const cell = made.appendChild(document.createElement("th"));
    cell.colSpan = heads.length;
    const number = document.createElement("small");
    number.textContent = count;
    cell.append(group(row) || "no tenant", " ", number);
    return made;
  };

  // Each change begins again at the first page
  const show = (wanted = 0) => {
    const shown = rows.filter(isWanted);
    if (grouped?.checked) shown.sort(order(group, 1));
    page = wanted;
    const first = page * PAGE;
    const lines = shown.flatMap((row, index) => {
      const isOff = index < first || index >= first + PAGE;
      row.classList.toggle("off", isOff);
      const begins = grouped?.checked && (index === 0 || index === first || group(row) !== group(shown[index - 1]));
      if (!begins) return [row];
      const above = heading(row, shown.filter((each) => group(each) === group(row)).length);
      above.classList.toggle("off", isOff);
      return [above, row];
    });
    body.replaceChildren(...lines);
    output.textContent = `${shown.length} of ${rows.length}`;
    pager.hidden = shown.length <= PAGE;
    range.textContent = `${first + 1} to ${Math.min(first + PAGE, shown.length)} of ${shown.length}`;
    previous.disabled = page === 0;
    next.disabled = first + PAGE >= shown.length;
  };

  const sort = (column, ascending) => {
    rows.sort(order((row) => value(row, column), ascending ? 1 : -1));
    heads.forEach((head, index) => {
      head.setAttribute("aria-sort", index !== column ? "none" : ascending ? "ascending" : "descending");
    });
    show();
  };

  // The newer way to write to the clipboard is for pages with TLS alone
  const copy = (button) => {
    getSelection().selectAllChildren(button.previousElementSibling);
    button.textContent = document.execCommand("copy") ? "Copied" : "Selected";
  };

  heads.forEach((head, column) => {
    head.firstElementChild.addEventListener("click", () => sort(column, head.getAttribute("aria-sort") !== "ascending"));
  });
  tiles.forEach((tile) => {
    tile.addEventListener("click", () => {
      flag = tile.dataset.flag === flag ? "" : tile.dataset.flag;
      tiles.forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.flag === flag)));
      show();
    });
  });
  words.addEventListener("input", () => show());
  for (const control of [tenant, grouped]) control?.addEventListener("change", () => show());
  previous.addEventListener("click", () => show(page - 1));
  next.addEventListener("click", () => show(page + 1));
  document.querySelectorAll(".command button").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  });
  document.querySelector(".controls").hidden = false;
  show();
})();
