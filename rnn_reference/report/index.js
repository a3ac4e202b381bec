// Makes a button of each head of the table with the targets: it sorts by its column, then the other way round.
const table = document.querySelector(".targets"), body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
const key = (row, column) => row.cells[column].dataset.key ?? row.cells[column].textContent;
const sort = (column) => {
  const up = heads[column].getAttribute("aria-sort") !== "ascending";
  const rows = [...body.rows].sort((a, b) =>
    key(a, column).localeCompare(key(b, column), undefined, { numeric: true, sensitivity: "base" }));
  body.append(...(up ? rows : rows.reverse()));
  heads.forEach((head) => head.removeAttribute("aria-sort"));
  heads[column].setAttribute("aria-sort", up ? "ascending" : "descending");
};
heads.forEach((head, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  button.addEventListener("click", () => sort(column));
  head.append(button);
});
table.classList.add("sorted");
