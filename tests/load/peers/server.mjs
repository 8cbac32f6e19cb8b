// Socket.IO without a database, doing what Chinwag does with a message: to all agents, to its visitor's other tabs, and an
// acknowledgement to the sender. It keeps nothing. Its settings are the fast ones: WebSocket only, no compression.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });

io.on("connection", (socket) => {
  const { agent, name } = socket.handshake.auth;
  socket.join(agent ? "agents" : name);
  socket.on("message", (message, ack) => {
    socket.to("agents").to(message.to).emit("message", message);
    ack({ ok: true });
  });
});

http.listen(0, "127.0.0.1", () => console.log(`127.0.0.1:${http.address().port}`));
