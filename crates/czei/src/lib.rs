//! czei
