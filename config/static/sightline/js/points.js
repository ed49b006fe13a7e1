// The answer with the map's points (see search/map/reading.py), read while it comes: what is needed to draw comes first.
globalThis.Points = (() => {
  const TYPES = { uint8: Uint8Array, int8: Int8Array, int16: Int16Array, uint16: Uint16Array };
  const FIRST = 12;
  const ID = 16;
  const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

  const joined = (one, other) => {
    const both = new Uint8Array(one.length + other.length);
    both.set(one);
    both.set(other, one.length);
    return both;
  };

  return class Points {
    // `drawable(points)` is called as soon as the columns that the header calls so are there; the answer is for the
    // moment when all of them are. Throws where the answer is none, or ends too early.
    static async from(address, drawable) {
      const response = await fetch(address);
      if (!response.ok) throw new Error(String(response.status));
      const reader = response.body.getReader();
      let head = new Uint8Array(0);
      let points = null;
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        let more = value;
        if (!points) {
          head = joined(head, value);
          points = Points.begun(head);
          if (!points) continue;
          more = head.subarray(points.begins);
        }
        points.take(more, drawable);
      }
      if (!points || points.there < points.size) throw new Error("cut short");
      // No points, no bytes.
      if (!points.drawn) drawable(points);
      return points;
    }

    // null until all of the header is there.
    static begun(head) {
      if (head.length < FIRST) return null;
      if (new TextDecoder().decode(head.subarray(0, 5)) !== "SLMAP") throw new Error("no map");
      const length = new DataView(head.buffer).getUint32(8, true);
      if (head.length < FIRST + length) return null;
      return new Points(JSON.parse(new TextDecoder().decode(head.subarray(FIRST, FIRST + length))), FIRST + length);
    }

    constructor(header, begins) {
      Object.assign(this, header, { begins, there: 0, drawn: false });
      this.body = new Uint8Array(header.size);
      for (const [name, type, at] of header.columns)
        this[name] = new TYPES[type](this.body.buffer, at, name === "ids" ? ID * header.n : header.n);
    }

    take(bytes, drawable) {
      this.body.set(bytes.subarray(0, this.size - this.there), this.there);
      this.there = Math.min(this.there + bytes.length, this.size);
      if (this.drawn || this.there < this.drawable) return;
      this.drawn = true;
      drawable(this);
    }

    // As the address of an item has it.
    id(number) {
      let text = "";
      for (let at = 0; at < ID; at += 1) {
        if (at === 4 || at === 6 || at === 8 || at === 10) text += "-";
        text += HEX[this.ids[ID * number + at]];
      }
      return text;
    }

    // The place of an id of 32 digits, or -1: they come in order.
    find(hex) {
      const wanted = new Uint8Array(ID);
      for (let at = 0; at < ID; at += 1) wanted[at] = parseInt(hex.slice(2 * at, 2 * at + 2), 16);
      let [low, high] = [0, this.n - 1];
      while (low <= high) {
        const middle = (low + high) >> 1;
        let differs = 0;
        for (let at = 0; at < ID && !differs; at += 1) differs = this.ids[ID * middle + at] - wanted[at];
        if (!differs) return middle;
        if (differs < 0) low = middle + 1;
        else high = middle - 1;
      }
      return -1;
    }

    // The ids of these, one after the other.
    together(numbers) {
      const ids = new Uint8Array(ID * numbers.length);
      numbers.forEach((number, at) => ids.set(this.ids.subarray(ID * number, ID * number + ID), ID * at));
      return ids;
    }
  };
})();
