"""What labloop measures of itself: training, attempts and handing out (`make bench`, docs/performance.md), campaigns (`make
bench-campaign`, docs/campaign.md), and what methods and architectures come to (`python -m benchmarks.moved`)."""
