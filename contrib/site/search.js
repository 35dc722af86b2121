/* Searches the sections of index.js: every word must stand in one, those in a
 * heading count more. Results are links; Enter follows the first. */
"use strict";
(function () {
	const form = document.getElementById("search");
	const field = document.getElementById("words");
	const list = document.getElementById("found");

	function rank(section, words) {
		const head = section.h.toLowerCase(), text = section.t.toLowerCase();
		let sum = 0;

		for (const word of words) {
			const inHead = head.includes(word), inText = text.includes(word);

			if (!inHead && !inText)
				return 0;
			sum += (inHead ? 10 : 0) + (inText ? 1 : 0);
		}
		return sum - head.length / 1000;
	}

	function excerpt(section, word) {
		const at = section.t.toLowerCase().indexOf(word);
		const from = Math.max(0, at - 60);

		return (from > 0 ? "... " : "") + section.t.slice(from, from + 160);
	}

	function show() {
		const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
		const ranked = words.length === 0 ? [] : sections
			.map((s) => [rank(s, words), s])
			.filter((r) => r[0] > 0)
			.sort((a, b) => b[0] - a[0])
			.slice(0, 20);

		list.replaceChildren(...ranked.map(([, s]) => {
			const item = document.createElement("li");
			const link = document.createElement("a");
			const text = document.createElement("p");

			link.href = s.p + (s.a ? "#" + s.a : "");
			link.textContent = s.h;
			text.textContent = excerpt(s, words[0]);
			item.append(link, text);
			return item;
		}));
		if (words.length > 0 && ranked.length === 0)
			list.textContent = "Nothing has all of these words.";
		list.hidden = words.length === 0;
	}

	form.hidden = false;
	field.addEventListener("input", show);
	form.addEventListener("submit", (event) => {
		const first = list.querySelector("a");

		event.preventDefault();
		if (first)
			location.href = first.href;
	});
})();
