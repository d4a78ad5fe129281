/*
 * Copyright (c) 2026 telephony.auth contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
"use strict";
(() => {
  const body = document.querySelector("tbody");
  const rows = [...body.rows];
  const heads = [...document.querySelectorAll("thead th")];
  const tiles = [...document.querySelectorAll(".tile")];
  const input = document.querySelector("input");
  const output = document.querySelector("output");
  const texts = new Map(rows.map((row) => [row, row.innerText.toLowerCase()]));
  const collator = new Intl.Collator("en", { numeric: true });
  let flag = "";

  const value = (row, column) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();

  const sort = (column, ascending) => {
    const direction = ascending ? 1 : -1;
    // What is empty comes last in both directions
    rows.sort((one, other) => {
      const [a, b] = [value(one, column), value(other, column)];
      return (a === "") - (b === "") || direction * collator.compare(a, b);
    });
    body.append(...rows);
    heads.forEach((head, index) => {
      head.setAttribute("aria-sort", index !== column ? "none" : ascending ? "ascending" : "descending");
    });
  };

  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of rows) {
      const wanted = !flag || row.dataset.flags.split(" ").includes(flag);
      row.hidden = !(wanted && words.every((word) => texts.get(row).includes(word)));
      shown += !row.hidden;
    }
    output.textContent = `${shown} of ${rows.length}`;
  };

  heads.forEach((head, column) => {
    head.firstElementChild.addEventListener("click", () => sort(column, head.getAttribute("aria-sort") !== "ascending"));
  });
  tiles.forEach((tile) => {
    tile.addEventListener("click", () => {
      flag = tile.dataset.flag === flag ? "" : tile.dataset.flag;
      tiles.forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.flag === flag)));
      filter();
    });
  });
  input.addEventListener("input", filter);
  document.querySelector("label").hidden = false;
  filter();
})();
