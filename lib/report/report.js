"use strict";
/* Filter and sort.  Everything is on the page without this. */
for (const table of document.querySelectorAll("table[data-long]")) {
	const body = table.tBodies[0];
	const box = document.createElement("div");
	const label = document.createElement("label");
	const input = document.createElement("input");
	const count = document.createElement("span");
	box.className = "tools";
	count.className = "note";
	input.type = "search";
	label.append(document.documentElement.dataset.filter + " ", input);
	box.append(label, count);
	table.parentNode.before(box);
	input.addEventListener("input", () => {
		const words = input.value.toLowerCase().split(/\s+/);
		let shown = 0;
		for (const row of body.rows) {
			const text = row.textContent.toLowerCase();
			row.hidden = !words.every((word) => text.includes(word));
			shown += row.hidden ? 0 : 1;
		}
		count.textContent = shown + " / " + body.rows.length;
	});
	for (const head of table.tHead.rows[0].cells) {
		/* No <button>: browsers leave those out of the headings repeated in print. */
		const button = document.createElement("span");
		button.role = "button";
		button.tabIndex = 0;
		button.append(...head.childNodes);
		head.append(button);
		button.addEventListener("keydown", (event) => {
			if (event.key === "Enter" || event.key === " ") {
				event.preventDefault();
				button.click();
			}
		});
		button.addEventListener("click", () => {
			const at = head.cellIndex;
			const down = head.getAttribute("aria-sort") === "ascending";
			const key = (row) => row.cells[at].dataset.value ?? row.cells[at].textContent;
			const order = new Intl.Collator(document.documentElement.lang, {numeric: true});
			const rows = [...body.rows].sort((a, b) => order.compare(key(a), key(b)));
			for (const other of table.tHead.rows[0].cells)
				other.removeAttribute("aria-sort");
			head.setAttribute("aria-sort", down ? "descending" : "ascending");
			body.append(...(down ? rows.reverse() : rows));
		});
	}
}
