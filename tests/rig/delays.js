// Delivers the messages of a page late, in their order, and what it fetches, as a busy server and a slow network do.
(() => {
  const LONGEST = %d; // milliseconds

  /** A queue that runs each function after a pause, and never before the one ahead of it. */
  const newQueue = () => {
    const waiting = [];
    let due = 0;
    return (deliver) => {
      due = Math.max(due, performance.now() + Math.random() * LONGEST);
      waiting.push(deliver);
      setTimeout(() => waiting.shift()(), due - performance.now());
    };
  };

  const fetchAtOnce = window.fetch;
  window.fetch = async (...request) => {
    await new Promise((resume) => setTimeout(resume, Math.random() * LONGEST));
    return fetchAtOnce(...request);
  };

  window.WebSocket = class extends WebSocket {
    #send = newQueue();
    #receive = newQueue();
    #late = new Map(); // listeners that deliver late
    #handlers = new Map(); // what onmessage and its like are set to

    #delayed(listener) {
      if (!this.#late.has(listener)) {
        this.#late.set(listener, (event) => this.#receive(() => (listener.handleEvent ?? listener).call(listener.handleEvent ? listener : this, event)));
      }
      return this.#late.get(listener);
    }
    send(data) { this.#send(() => { if (this.readyState === WebSocket.OPEN) super.send(data); }); }
    addEventListener(kind, listener, options) { super.addEventListener(kind, this.#delayed(listener), options); }
    removeEventListener(kind, listener, options) { super.removeEventListener(kind, this.#delayed(listener), options); }
    #handle(kind, handler) {
      if (this.#handlers.has(kind)) this.removeEventListener(kind, this.#handlers.get(kind));
      this.#handlers.set(kind, handler);
      if (handler) this.addEventListener(kind, handler);
    }
    get onopen() { return this.#handlers.get("open") ?? null; }
    set onopen(handler) { this.#handle("open", handler); }
    get onmessage() { return this.#handlers.get("message") ?? null; }
    set onmessage(handler) { this.#handle("message", handler); }
    get onerror() { return this.#handlers.get("error") ?? null; }
    set onerror(handler) { this.#handle("error", handler); }
    get onclose() { return this.#handlers.get("close") ?? null; }
    set onclose(handler) { this.#handle("close", handler); }
  };
})();
