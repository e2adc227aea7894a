-- Sends prepared requests, byte for byte, in turn. The file holds each one behind its length in eight decimal digits.
local requests, count, at = {}, 0, 0

function init(args)
  local file = assert(io.open(args[1], 'rb'))
  while true do
    local digits = file:read(8)
    if digits == nil then break end
    count = count + 1
    requests[count] = file:read(tonumber(digits))
  end
  file:close()
end

function request()
  at = at % count + 1
  return requests[at]
end

function done(summary, latency)
  local failed = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"seconds":%.6f,"failures":%d,"p50Ms":%.4f,"p90Ms":%.4f,"p99Ms":%.4f,"p999Ms":%.4f}\n',
    summary.requests, summary.duration / 1e6,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout,
    latency:percentile(50) / 1e3, latency:percentile(90) / 1e3, latency:percentile(99) / 1e3, latency:percentile(99.9) / 1e3))
end
