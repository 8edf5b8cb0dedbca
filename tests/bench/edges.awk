# One tree of N edges for bench-spread, seeded: two thirds hang on a random earlier post, one third on the last.
BEGIN {
	srand(2)
	for (i = 0; i <= N; i++) {
		up = i == 0 ? "" : sprintf(",\"parent\":\"p%d\",\"root\":\"p0\"", rand() < 0.67 ? int(rand() * i) : i - 1)
		printf "{\"kind\":\"post\",\"id\":\"p%d\",\"source\":\"s\",\"platform\":\"%s\",\"text\":\"\",\"author\":{\"id\":\"u%d\",\"followers\":%d},\"published\":\"2026-11-%02dT%02d:%02d:00Z\"%s,\"sentiment\":{\"score\":-0.3}}\n", \
			i, rand() < 0.5 ? "weibo" : "douyin", int(rand() * N / 2), int(rand() * 2000), 1 + int(i / (N / 10)), int(i / 4200) % 24, int(i / 70) % 60, up
	}
}
