/** Joins the pages to the player. Everything here lives as long as the tab. */
import { Bookmark } from "./player/bookmark.js";
import { Deck } from "./player/deck.js";
import { Marks } from "./player/marks.js";
import { Outbox } from "./player/outbox.js";
import { Player } from "./player/player.js";
import { Queue } from "./player/queue.js";
import { UpcomingList } from "./player/upcoming.js";
import { Radio } from "./player/radio.js";
import { SystemControls } from "./player/session.js";
import { Video } from "./player/video.js";
import { watchButtons } from "./player/buttons.js";
import { watchKeys } from "./player/keys.js";
import { watchSaving } from "./player/saving.js";
import { watchTaste } from "./player/taste.js";
import "./copy.js";
import "./page.js";
import "./upload.js";
import "./zone.js";

const { viewer, script, frames } = document.body.dataset;
const queue = new Queue(`pytune.queue.${viewer}`);
const video = new Video(document.getElementById("screen"), { script, host: frames });
const outbox = new Outbox(viewer);
const bookmark = new Bookmark(`pytune.play.${viewer}`);
const radio = new Radio(`pytune.radio.${viewer}`, queue);
const player = new Player({ queue, video, outbox, bookmark, radio });

new Deck(player);
new UpcomingList(player);
new Marks(player);
new SystemControls(player);
watchButtons(player);
watchKeys(player);
watchSaving(queue);
watchTaste(player);
player.restore();
outbox.flush();
