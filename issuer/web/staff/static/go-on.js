// Presses "Go on" for somebody who has pressed it before, so that a long sheet needs no further presses.
"use strict";
const goOn = document.querySelector("form[data-goes-on]");
if (goOn) setTimeout(() => goOn.requestSubmit(), 300);
