//! A phone in software: boots as its pack says and remembers what a phone remembers.
