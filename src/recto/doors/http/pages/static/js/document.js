// One document: its parts, put together.
import "./head.js";
import "./fields.js";
import "./zoom.js";
import "./tabs.js";
